import type { ReactNode } from 'react';

/** A screen that has only one thing to say, and what one can do. */
export function PageMessage({ title, hint, children }: { title: string; hint?: string; children?: ReactNode }) {
  return (
    <section className="page-message card">
      <h1>{title}</h1>
      {hint !== undefined && <p className="quiet">{hint}</p>}
      <div className="row">{children}</div>
    </section>
  );
}
