"""Pictures of every screen of the app and of every part of the report, at three sizes."""
