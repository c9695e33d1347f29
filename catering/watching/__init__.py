"""What a process says about itself while it runs: numbers, lines in the log, traces.

Everybody may say something here, so nothing here knows anybody.
"""
