"""Programs that use Paygate from outside, as a merchant would."""
