// Wakes the graphics driver up while the page's own script is still on its way: that takes a browser as long.
navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' }).catch(() => {})
