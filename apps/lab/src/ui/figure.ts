/** What a figure is given: pass it on to Plot. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly className: string;
}
