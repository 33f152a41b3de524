import { useEffect, useRef, useState } from 'react';
import { Loading } from '../../app/loading';
import { Failure } from '../../words/failure';
import { useTicket } from './content';
import { CannotShow } from './file-view';
import type { ViewProps } from './look';

/** A ticket that fails sooner than this is not over: the browser cannot play the recording. */
const TOO_SOON_MS = 5_000;

/** A recording, played by the browser in ranges. Its address is good for minutes: when one runs out, playing goes on under the next. */
export default function RecordingView({ documentId, look, sound }: ViewProps & { sound: boolean }) {
  const ticket = useTicket(documentId);
  const player = useRef<HTMLVideoElement & HTMLAudioElement>(null);
  const went = useRef({ at: 0, seconds: 0, playing: false });
  const [url, setUrl] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [broken, setBroken] = useState(false);
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    let gone = false;
    setError(null);
    ticket().then((made) => { if (!gone) { went.current.at = Date.now(); setUrl(made); } }, (problem: unknown) => { if (!gone) setError(problem); });
    return () => { gone = true; };
  }, [ticket, asked]);
  if (error !== null) return <div className="desk-say"><Failure error={error} onRetry={() => { setAsked((n) => n + 1); }} /></div>;
  if (broken) return <CannotShow documentId={documentId} />;
  if (url === null) return <Loading />;
  const onError = (): void => {
    if (Date.now() - went.current.at < TOO_SOON_MS) { setBroken(true); return; }
    const one = player.current;
    went.current = { at: Date.now(), seconds: one?.currentTime ?? 0, playing: one ? !one.paused : false };
    setAsked((n) => n + 1);
  };
  const onLoadedMetadata = (): void => {
    const one = player.current;
    if (!one) return;
    one.currentTime = went.current.seconds;
    if (went.current.playing) void one.play();
  };
  const Player = sound ? 'audio' : 'video';
  return <div className="recording"><Player ref={player} src={url} controls preload="metadata" aria-label={look.title} style={sound ? undefined : { transform: `rotate(${look.turn}deg)` }} onError={onError} onLoadedMetadata={onLoadedMetadata} /></div>;
}
