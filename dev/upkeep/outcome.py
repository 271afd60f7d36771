"""What the targets return: a night that couldn't look is no night without a finding."""

CLEAN = 0
FOUND = 1
UNABLE = 3
