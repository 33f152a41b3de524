/** Something outside our code is in the way. The message is one sentence that says what, and what to do; it is shown without a stack. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart';
}
