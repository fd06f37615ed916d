import { render } from 'preact'
import { App } from './components/app.tsx'
import { keepForOffline } from './offline.ts'
import { applyAddress } from './opening.ts'
import { followTheme } from './theme.ts'
import './styles/base.css'
import './styles/top-bar.css'
import './styles/transport.css'
import './styles/notices.css'
import './styles/dialogs.css'
import './styles/question.css'
import './styles/recorded.css'
import './styles/narrow.css'
import './styles/conditions.css'
import './styles/panels.css'
import './styles/touching.css'
import './styles/cell.css'
import './styles/trajectory.css'
import './styles/pictures.css'
import './styles/stating.css'

applyAddress()
followTheme()
render(<App />, document.getElementById('app')!)
keepForOffline()
