"""The metering beside a plain model: what it charges, holds and counts, whatever comes in whichever order."""
