interface ChoiceProps<T extends string | number> {
  readonly label: string
  readonly testId: string
  readonly value: T
  readonly options: readonly (readonly [value: T, title: string])[]
  readonly set: (value: T) => void
  /** What it is about, in a line. */
  readonly help?: string
  readonly disabled?: boolean
}

/** One of several, with its label before it. */
export function Choice<T extends string | number>({
  label,
  testId,
  value,
  options,
  set,
  help,
  disabled = false,
}: ChoiceProps<T>) {
  return (
    <label class="choice choice-row" title={help}>
      <span class="choice-label">{label}</span>
      <select
        data-testid={testId}
        disabled={disabled}
        value={value}
        onChange={(event) => set(options[event.currentTarget.selectedIndex][0])}
      >
        {options.map(([name, title]) => (
          <option key={name} value={name}>
            {title}
          </option>
        ))}
      </select>
    </label>
  )
}
