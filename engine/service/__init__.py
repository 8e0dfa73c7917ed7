"""The engine process, the messages and the window's side of the door."""
