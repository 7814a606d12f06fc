"""A siege in the browser: live on a Solara page, or as one file that is handed out and needs no network."""
