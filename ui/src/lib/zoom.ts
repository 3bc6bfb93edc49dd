// How large everything is drawn, in percent, in steps like a browser's. From 1280 px wide 200 % leaves 640, the narrowest
// window there is a layout for.

export const naturalZoom = 100
const steps = [67, 80, 90, naturalZoom, 110, 125, 150, 175, 200]

/** The next step up or down from here; the same at either end. */
export function zoomBy(percent: number, step: 1 | -1): number {
  const larger = steps.filter((one) => one > percent)
  const smaller = steps.filter((one) => one < percent)
  return (step === 1 ? larger[0] : smaller.at(-1)) ?? readZoom(percent)
}

/** A zoom that was written down; whatever it holds, one of ours comes out. */
export function readZoom(found: unknown): number {
  return steps.find((one) => one === found) ?? naturalZoom
}
