"""Makes payment attempts at the acquirer: authorise, capture, void. From payment.commands to payment.results."""
