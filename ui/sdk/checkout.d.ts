/** Types of the Paygate checkout. */

export {};
