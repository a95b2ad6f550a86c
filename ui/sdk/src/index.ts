/** The SDK for bundlers. */

export {};
