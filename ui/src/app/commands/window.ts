// Commands of the window: panes, tabs, settings, help.
import { naturalZoom, zoomBy } from '$lib/zoom'
import { diagnostics, showTab } from '../actions'
import type { CommandSpec } from '../spec'
import { words } from '../words'

export const window: CommandSpec[] = [
  {
    id: 'view.sidebar',
    title: 'Show or hide buckets',
    icon: 'bucket',
    keys: 'Ctrl+B',
    run: (shell) => shell.toggleSidebar(),
  },
  {
    id: 'view.dock',
    title: 'Show or hide details',
    icon: 'chev-d',
    keys: 'Ctrl+J',
    run: (shell) => shell.toggleDock(),
  },
  {
    id: 'view.columns',
    title: 'Columns…',
    icon: 'columns',
    run: ({ session }) => session.dialogs.open({ kind: 'columns' }),
  },
  {
    id: 'view.zoomIn',
    title: 'Zoom in',
    icon: 'zoom-in',
    keys: 'Ctrl++',
    disabled: ({ session: { layout } }) => (zoomBy(layout.zoom, 1) === layout.zoom ? words.largest : null),
    run: ({ session: { layout } }) => {
      layout.zoom = zoomBy(layout.zoom, 1)
    },
  },
  {
    id: 'view.zoomOut',
    title: 'Zoom out',
    icon: 'zoom-out',
    keys: 'Ctrl+-',
    disabled: ({ session: { layout } }) => (zoomBy(layout.zoom, -1) === layout.zoom ? words.smallest : null),
    run: ({ session: { layout } }) => {
      layout.zoom = zoomBy(layout.zoom, -1)
    },
  },
  {
    id: 'view.zoomReset',
    title: 'Reset zoom',
    keys: 'Ctrl+0',
    disabled: ({ session: { layout } }) => (layout.zoom === naturalZoom ? words.natural : null),
    run: ({ session: { layout } }) => {
      layout.zoom = naturalZoom
    },
  },
  { id: 'view.transfers', title: 'Transfers', icon: 'arrow-u', keys: 'Ctrl+1', run: showTab('transfers') },
  { id: 'view.permissions', title: 'Permissions', icon: 'users', keys: 'Ctrl+2', run: showTab('permissions') },
  { id: 'view.properties', title: 'Properties', icon: 'info', keys: 'Ctrl+3', run: showTab('properties') },
  { id: 'view.eventLog', title: 'Event log', icon: 'history', keys: 'Ctrl+4', run: showTab('eventLog') },
  {
    id: 'tools.settings',
    title: 'Settings…',
    icon: 'columns',
    keys: 'Ctrl+,',
    run: ({ session }) => session.dialogs.open({ kind: 'settings' }),
  },
  {
    id: 'help.shortcuts',
    title: 'Keyboard shortcuts',
    icon: 'flat',
    keys: 'Ctrl+?',
    run: ({ session }) => session.dialogs.open({ kind: 'shortcuts' }),
  },
  { id: 'help.diagnostics', title: 'Copy diagnostics (no secrets)', icon: 'copy', run: diagnostics },
  {
    id: 'help.about',
    title: 'About Dipper',
    icon: 'dipper',
    run: ({ session }) => session.dialogs.open({ kind: 'about' }),
  },
]
