export { connect } from "./connect.ts";
export type { Connection } from "./connect.ts";
export { Moved } from "./protocol.ts";
export type { Context } from "./protocol.ts";
