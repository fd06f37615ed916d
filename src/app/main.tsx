import { render } from 'preact'
import { App } from './components/app.tsx'
import './styles/page.css'
import './styles/panels.css'

render(<App />, document.getElementById('app')!)
