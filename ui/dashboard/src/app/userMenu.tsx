/** Who is signed in, the colour scheme, the language of numbers, and the way out. */

import { ActionIcon, type MantineColorScheme, Menu, useMantineColorScheme } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { roleName, sessionQuery, signOut, useSession } from "../api/session.ts";
import { Icon, type IconName } from "../components/Icon.tsx";
import { tellProblem } from "../components/tell.ts";
import { LOCALES } from "../format.ts";
import { useLocaleChoice } from "../locale.tsx";
import styles from "./userMenu.module.css";

const SCHEMES: readonly { value: MantineColorScheme; name: string; icon: IconName }[] = [
  { value: "light", name: "Light", icon: "sun" },
  { value: "dark", name: "Dark", icon: "moon" },
  { value: "auto", name: "As the system", icon: "system" },
];

export function UserMenu() {
  const { user } = useSession();
  const initials = initialsOf(user.name || user.email);
  const leave = useSignOut();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { locale, choose } = useLocaleChoice();
  return (
    <Menu width={248} withinPortal={false}>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          radius="xl"
          size={34}
          aria-label={`${initials}: account and settings`}
          data-test-id="user-menu"
        >
          <span className={styles.face}>{initials}</span>
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={styles.who}>
          <p className={styles.name}>{user.name || user.email}</p>
          <p className={styles.role}>
            {user.email} · {roleName(user.role)}
          </p>
        </div>
        <Menu.Divider />
        <Menu.Label>Colours</Menu.Label>
        <Menu.RadioGroup
          value={colorScheme}
          onChange={(scheme) => setColorScheme(scheme as MantineColorScheme)}
        >
          {SCHEMES.map(({ value, name, icon }) => (
            <Menu.RadioItem key={value} value={value} rightSection={<Icon name={icon} size={16} />}>
              {name}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Sub>
          <Menu.Sub.Target>
            <Menu.Sub.Item leftSection={<Icon name="globe" size={16} />} data-test-id="locale-menu">
              Numbers and dates
            </Menu.Sub.Item>
          </Menu.Sub.Target>
          <Menu.Sub.Dropdown>
            <Menu.RadioGroup value={locale} onChange={choose}>
              {LOCALES.map(({ tag, name }) => (
                <Menu.RadioItem key={tag} value={tag}>
                  {name}
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
          </Menu.Sub.Dropdown>
        </Menu.Sub>
        <Menu.Divider />
        <Menu.Item leftSection={<Icon name="out" size={16} />} onClick={leave} data-test-id="logout-button">
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** Ends the session and goes to the login page. */
export function useSignOut(): () => void {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return () => {
    signOut()
      .then(async () => {
        await navigate({ to: "/login", search: {} });
        queries.clear();
        queries.setQueryData(sessionQuery.queryKey, null);
      })
      .catch(tellProblem);
  };
}

/** At most two letters. */
export function initialsOf(name: string): string {
  const words = name.split(/[\s@._-]+/).filter((word) => word !== "");
  return words
    .slice(0, 2)
    .map((word) => [...word][0]?.toUpperCase() ?? "")
    .join("");
}
