"""The chat in the browser: `app` wires Gradio, `render` makes the HTML, `strings` holds the words."""
