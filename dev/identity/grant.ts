/** RFC 8707 wants an absolute URI for a resource; the audience in its tokens is what our API checks. */
export const API_RESOURCE = 'urn:kuaipei:api';
export const API_AUDIENCE = 'kuaipei-api';

/** Only the local provider knows it: a token for a persona, without a browser. */
export const PERSONA_GRANT = 'urn:kuaipei:grant:persona';
/** For shells and tests. */
export const SHELL_CLIENT = 'kuaipei-shell';
/** For the console: authorization code with PKCE. */
export const CONSOLE_CLIENT = 'kuaipei-console';
