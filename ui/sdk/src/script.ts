/** The SDK for a script tag. */

export {};
