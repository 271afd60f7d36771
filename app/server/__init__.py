"""The HTTP server: an event loop that deals with slow people, and threads that run the application.

gunicorn manages the processes, and its asyncio worker speaks HTTP (`worker`, `connections`). A request takes a thread
only once its body is read whole (`incoming`), and its answer is sent by the event loop, however slowly it is read
(`outgoing`). Which threads serve it is said in `app.web.pools`. docs/decisions/0001-server.md says why.
"""
