"""Recordings, moving or sounding, by ffmpeg's libraries."""
