/** Style sheets are files for the builder; a module's class names are known to it alone. */
declare module "*.css";
declare module "*.module.css" {
  const names: Readonly<Record<string, string>>;
  export default names;
}
