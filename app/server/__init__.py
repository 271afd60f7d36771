"""The HTTP server: an event loop that handles slow clients, and threads that run the application.

gunicorn manages the processes, and its asyncio worker speaks HTTP (`worker`, `connections`). A request only occupies
a thread once its body is complete (`incoming`), and its response is sent by the event loop, however slowly it is read
(`outgoing`). `app.web.pools` decides which threads serve it. See docs/decisions/0001-server.md.
"""
