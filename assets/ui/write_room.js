// The writing room: mounts the editor and what stands beside it.
