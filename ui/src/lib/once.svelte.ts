// What costs time to make is made when it is first needed, and kept from then on.

/** Whether something was ever true. */
export function ever(now: () => boolean): { readonly yes: boolean } {
  let was = false
  const yes = $derived((was = was || now()))
  return {
    get yes() {
      return yes
    },
  }
}
