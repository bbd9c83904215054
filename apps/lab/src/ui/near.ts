/** How far outside the window a section begins to load, in pixels: most of a screen before it is seen. */
const MARGIN = 900;

/** Calls once, when the element comes near the window. */
export const near = (then: () => void) => (element: Element): (() => void) => {
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    then();
  }, { rootMargin: `${MARGIN}px 0px` });
  observer.observe(element);
  return () => observer.disconnect();
};

/** Figures are computed after a section is there, and take their room only then. In milliseconds. */
const SETTLED = 1500;

/** Calls once the element lies below the window, where what happens to it is not seen; not before the section around it has settled. */
export const below = (then: () => void) => (element: Element): (() => void) => {
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some(({ isIntersecting, boundingClientRect }) => !isIntersecting && boundingClientRect.top > innerHeight)) return;
    observer.disconnect();
    then();
  });
  const timer = setTimeout(() => observer.observe(element), SETTLED);
  return () => {
    clearTimeout(timer);
    observer.disconnect();
  };
};
