// Where a sheet begins: on what asks for it, else on the first empty field, else on the first button of the footer, which is
// the safe one.
import { focusShown } from '$lib/focus'

const fields = 'input:not([type=checkbox]):not([type=radio]), textarea'

/** Puts the focus where a sheet begins. */
export function focusSheet(sheet: HTMLElement | null): void {
  const empty = [...(sheet?.querySelectorAll<HTMLInputElement>(fields) ?? [])].find(
    (field) => field.value === '' && !field.disabled && !field.readOnly,
  )
  const button = sheet?.querySelector<HTMLElement>('footer button:not([disabled])')
  focusShown(sheet?.querySelector<HTMLElement>('[data-autofocus]') ?? empty ?? button ?? sheet)
}
