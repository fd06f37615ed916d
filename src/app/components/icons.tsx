import type { JSX } from 'preact'

const Icon = ({ children }: { children: JSX.Element | JSX.Element[] }) => (
  <svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">
    {children}
  </svg>
)

const line = {
  fill: 'none',
  stroke: 'currentColor',
  'stroke-width': 1.6,
  'stroke-linecap': 'round',
  'stroke-linejoin': 'round',
} as const

export const PlayIcon = () => (
  <Icon>
    <path
      d="M6.5 4.2v11.6c0 .6.7 1 1.2.7l8.4-5.8c.5-.3.5-1 0-1.4L7.7 3.5c-.5-.3-1.2 0-1.2.7Z"
      fill="currentColor"
    />
  </Icon>
)
export const PauseIcon = () => (
  <Icon>
    <path d="M6 4h2.8v12H6zM11.2 4H14v12h-2.8z" fill="currentColor" />
  </Icon>
)
export const StepIcon = () => (
  <Icon>
    <path
      d="M4.5 4.7v10.6c0 .5.6.8 1 .5l6.5-5.3c.3-.3.3-.7 0-1L5.5 4.2c-.4-.3-1 0-1 .5ZM13.5 4H16v12h-2.5z"
      fill="currentColor"
    />
  </Icon>
)
export const RecordIcon = () => (
  <Icon>
    <circle {...line} cx="10" cy="10" r="6.6" />
    <circle cx="10" cy="10" r="3.2" fill="currentColor" />
  </Icon>
)
/** An atom on a spring. */
export const PullIcon = () => (
  <Icon>
    <circle cx="5.4" cy="14.6" r="3" fill="currentColor" />
    <path {...line} d="m8 12 1.6-.4-.2-1.9 1.9.2-.2-1.9 1.9.2-.2-1.9L17 3" />
    <path {...line} d="M13.4 3H17v3.6" />
  </Icon>
)
export const ResetIcon = () => (
  <Icon>
    <path {...line} d="M4.5 10a5.5 5.5 0 1 0 1.7-4M4.2 3.6v3h3" />
  </Icon>
)
export const OpenIcon = () => (
  <Icon>
    <path {...line} d="M10 13V4M6.5 7.3 10 3.8l3.5 3.5M3.8 13v2.2c0 .6.4 1 1 1h10.4c.6 0 1-.4 1-1V13" />
  </Icon>
)
export const GalleryIcon = () => (
  <Icon>
    <path {...line} d="M3.5 3.5h5v5h-5zM11.5 3.5h5v5h-5zM3.5 11.5h5v5h-5zM11.5 11.5h5v5h-5z" />
  </Icon>
)
export const ConditionsIcon = () => (
  <Icon>
    <path {...line} d="M3.5 6h6M13.5 6h3M3.5 14h3M10.5 14h6" />
    <circle {...line} cx="11.5" cy="6" r="1.9" />
    <circle {...line} cx="8.5" cy="14" r="1.9" />
  </Icon>
)
export const PlotIcon = () => (
  <Icon>
    <path {...line} d="M3.5 3.5v13h13M6 12.5l3-4 3 2.5 4-6" />
  </Icon>
)
export const HelpIcon = () => (
  <Icon>
    <path {...line} d="M7.3 7.3c.2-1.5 1.3-2.3 2.7-2.3 1.5 0 2.7.9 2.7 2.3 0 2-2.7 2.1-2.7 4.2" />
    <circle cx="10" cy="14.6" r="1.1" fill="currentColor" />
  </Icon>
)
export const CloseIcon = () => (
  <Icon>
    <path {...line} d="m5.5 5.5 9 9m0-9-9 9" />
  </Icon>
)
export const FrameIcon = () => (
  <Icon>
    <path
      {...line}
      d="M3.5 7V4.5c0-.6.4-1 1-1H7M13 3.5h2.5c.6 0 1 .4 1 1V7M16.5 13v2.5c0 .6-.4 1-1 1H13M7 16.5H4.5c-.6 0-1-.4-1-1V13"
    />
    <circle cx="10" cy="10" r="2.2" fill="currentColor" />
  </Icon>
)
/** An eye. */
export const LookIcon = () => (
  <Icon>
    <path {...line} d="M2.5 10S5.2 4.8 10 4.8 17.5 10 17.5 10 14.8 15.2 10 15.2 2.5 10 2.5 10Z" />
    <circle {...line} cx="10" cy="10" r="2.4" />
  </Icon>
)
export const SelectIcon = () => (
  <Icon>
    <path {...line} stroke-dasharray="2.6 2.6" d="M3.5 3.5h10v10h-10z" />
    <path d="m10.5 10.5 6.5 2.300-2.900 1.300-1.300 2.900z" fill="currentColor" />
  </Icon>
)
/** Around and around. */
export const LoopIcon = () => (
  <Icon>
    <path
      {...line}
      d="M4 9V8.500a3 3 0 0 1 3-3h8.500M13 3l2.800 2.500L13 8M16 11v.500a3 3 0 0 1-3 3H4.500M7 17l-2.800-2.500L7 12"
    />
  </Icon>
)
export const UndoIcon = () => (
  <Icon>
    <path {...line} d="M6.5 4 3.5 7l3 3M3.8 7H12a4.2 4.2 0 0 1 0 8.5H8" />
  </Icon>
)
export const RedoIcon = () => (
  <Icon>
    <path {...line} d="m13.5 4 3 3-3 3M16.2 7H8a4.2 4.2 0 0 0 0 8.5h4" />
  </Icon>
)
