/** Colours, sizes and the way components look. Every pair of text and ground has 4.5:1 or more, in both schemes. */

import { type CSSVariablesResolver, createTheme, localStorageColorSchemeManager } from "@mantine/core";

/** The scheme that a reader chose; index.html reads it before the first paint. */
export const schemeManager = localStorageColorSchemeManager({ key: "paygate-scheme" });

const SANS =
  'ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif';
const MONO = 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace';

/** A dialog's heading is no banner of the page, and its close button has a name. */
const DIALOG = {
  closeButtonProps: { "aria-label": "Close" },
  attributes: { header: { role: "presentation" } },
};

export const theme = createTheme({
  primaryColor: "brand",
  primaryShade: { light: 7, dark: 7 },
  autoContrast: true,
  cursorType: "pointer",
  respectReducedMotion: true,
  defaultRadius: "md",
  fontFamily: SANS,
  fontFamilyMonospace: MONO,
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.125rem" },
  headings: {
    fontFamily: SANS,
    fontWeight: "620",
    sizes: {
      h1: { fontSize: "1.375rem", lineHeight: "1.3" },
      h2: { fontSize: "1rem", lineHeight: "1.4" },
      h3: { fontSize: "0.875rem", lineHeight: "1.4" },
    },
  },
  colors: {
    brand: [
      "#eef2ff",
      "#dfe6fd",
      "#bccbfa",
      "#96adf6",
      "#7491f1",
      "#5a7aea",
      "#456ae4",
      "#3358d4",
      "#2a49b3",
      "#203a90",
    ],
    dark: [
      "#d5d9e1",
      "#b6bdc9",
      "#98a1b0",
      "#5d6778",
      "#3a4352",
      "#2a313d",
      "#1d232d",
      "#161b23",
      "#0f1319",
      "#090c10",
    ],
  },
  components: {
    Button: { defaultProps: { size: "sm" } },
    TextInput: { defaultProps: { size: "sm" } },
    Select: { defaultProps: { size: "sm", checkIconPosition: "right" } },
    Tooltip: {
      defaultProps: { withArrow: true, openDelay: 250, events: { hover: true, focus: true, touch: false } },
    },
    Drawer: { defaultProps: DIALOG },
    Modal: {
      defaultProps: {
        ...DIALOG,
        centered: true,
        radius: "lg",
        overlayProps: { backgroundOpacity: 0.4, blur: 1 },
        styles: { title: { fontWeight: 620, fontSize: "1rem", lineHeight: 1.35 } },
      },
    },
    Menu: { defaultProps: { shadow: "md", position: "bottom-end", withInitialFocusPlaceholder: false } },
    Paper: { defaultProps: { withBorder: true, radius: "lg" } },
    Skeleton: { defaultProps: { radius: "sm" } },
  },
});

/** What the theme's own variables leave too pale to read. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-body": "#ffffff",
    "--mantine-color-text": "#1a2130",
    "--mantine-color-dimmed": "#596376",
    "--mantine-color-placeholder": "#667085",
    "--mantine-color-error": "#b42318",
    "--mantine-color-default-border": "#dfe3ea",
    "--mantine-color-default-color": "#1a2130",
    "--mantine-color-default-hover": "#f5f7fb",
    "--mantine-color-anchor": "#2f51c4",
    "--paygate-page": "#f6f7f9",
    "--paygate-line": "#e6e9ef",
    "--paygate-sunk": "#f4f6f9",
    "--paygate-hover": "#f5f7fb",
    "--paygate-good": "#0b6b3f",
    "--paygate-good-ground": "#e3f5ea",
    "--paygate-bad": "#a4221a",
    "--paygate-bad-ground": "#fdeae8",
    "--paygate-warn": "#824a00",
    "--paygate-warn-ground": "#fdf0d8",
    "--paygate-info": "#2547ad",
    "--paygate-info-ground": "#e8eefd",
    "--paygate-calm": "#4a5568",
    "--paygate-calm-ground": "#eceff4",
  },
  dark: {
    "--mantine-color-body": "#161b23",
    "--mantine-color-text": "#e3e7ee",
    "--mantine-color-dimmed": "#99a3b4",
    "--mantine-color-placeholder": "#8d97a8",
    "--mantine-color-error": "#ff9d94",
    "--mantine-color-default": "#1a2029",
    "--mantine-color-default-border": "#323a47",
    "--mantine-color-default-color": "#e3e7ee",
    "--mantine-color-default-hover": "#212833",
    "--mantine-color-anchor": "#9db3ff",
    "--paygate-page": "#0f1319",
    "--paygate-line": "#262d38",
    "--paygate-sunk": "#11161d",
    "--paygate-hover": "#1c222c",
    "--paygate-good": "#6fdda6",
    "--paygate-good-ground": "#12301f",
    "--paygate-bad": "#ffa49c",
    "--paygate-bad-ground": "#3b1a18",
    "--paygate-warn": "#f1c66f",
    "--paygate-warn-ground": "#34270d",
    "--paygate-info": "#a9bdff",
    "--paygate-info-ground": "#1b2748",
    "--paygate-calm": "#b4bdcb",
    "--paygate-calm-ground": "#262d38",
  },
});
