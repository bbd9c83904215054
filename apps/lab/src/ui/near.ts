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
