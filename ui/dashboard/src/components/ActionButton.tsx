/** A button that says why it can't be pressed, to a mouse and to a keyboard. */

import { Button, type ButtonProps, Tooltip } from "@mantine/core";
import type { ButtonHTMLAttributes, Ref } from "react";

interface Props extends ButtonProps, Omit<ButtonHTMLAttributes<HTMLButtonElement>, keyof ButtonProps> {
  /** The reason; undefined lets it be pressed. `useSession().why("refunds:write")` gives one. */
  readonly why?: string | undefined;
  readonly ref?: Ref<HTMLButtonElement>;
  readonly "data-test-id"?: string;
}

export function ActionButton({ why, onClick, type = "button", ...rest }: Props) {
  if (why === undefined) {
    return <Button {...rest} type={type} {...(onClick && { onClick })} />;
  }
  // Not the attribute `disabled`: what can't be focused can't explain itself.
  return (
    <Tooltip label={why} multiline maw={280}>
      <Button
        {...rest}
        type="button"
        data-disabled
        aria-disabled
        onClick={(event) => event.preventDefault()}
      />
    </Tooltip>
  );
}
