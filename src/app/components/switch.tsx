interface SwitchProps {
  readonly label: string
  /** What its present position means. */
  readonly remark?: string
  readonly testId: string
  readonly on: boolean
  readonly set: (on: boolean) => void
  readonly disabled?: boolean
}

export function Switch({ label, remark, testId, on, set, disabled = false }: SwitchProps) {
  return (
    <label class="switch">
      <span>
        {label}
        {remark && <small>{remark}</small>}
      </span>
      <input
        type="checkbox"
        role="switch"
        aria-checked={on}
        data-testid={testId}
        checked={on}
        disabled={disabled}
        onChange={(event) => set(event.currentTarget.checked)}
      />
    </label>
  )
}
