/**
 * Writes docs/api, the reference of all that package.json exports, from the sources' doc comments; as an argument, another
 * folder. Whatever typedoc complains about is a failure, and so is an export without a comment.
 */
import { readFileSync } from "node:fs";
import { Application, CommentTag, Converter, OptionDefaults, ReflectionKind } from "typedoc";

const { name, exports } = JSON.parse(readFileSync("package.json", "utf8"));
const sources = Object.entries(exports).map(([subpath, { source }]) => ({ source, called: name + subpath.slice(1) }));

const app = await Application.bootstrapWithPlugins({
  plugin: ["typedoc-plugin-markdown", "typedoc-plugin-missing-exports"],
  tsconfig: "src/tsconfig.json",
  entryPoints: sources.map(({ source }) => source),
  out: process.argv[2] ?? "docs/api",
  readme: "none",
  disableSources: true, // a line that moves changes no page
  sort: ["source-order"],
  groupOrder: ["Functions", "Variables", "Classes", "Interfaces", "Type Aliases"],
  excludeExternals: true,
  placeInternalsInOwningModule: true,
  validation: { notExported: true, invalidLink: true, notDocumented: false },
  blockTags: [...OptionDefaults.blockTags, "@settings"],
  outputFileStrategy: "modules",
  hidePageHeader: true,
  hideBreadcrumbs: true,
  useCodeBlocks: true,
  parametersFormat: "table",
  interfacePropertiesFormat: "table",
  typeDeclarationFormat: "table",
});

/** A module is called what users import. */
function rename(module) {
  module.name = sources.find(({ source }) => source.replace(/^\.\/src\/|(\/index)?\.ts$/g, "") === module.name).called;
}

function requireComments(module) {
  for (const thing of module.children ?? []) {
    const commented = thing.comment ?? thing.signatures?.some(({ comment }) => comment);
    if (!commented && !thing.isReference()) app.logger.warn(`${module.name} exports ${thing.name}, which has no comment`);
  }
}

/** A loss is a value to be called: what its comment calls parameters are settings. */
function listSettings({ comment }) {
  const settings = comment?.getTags("@param") ?? [];
  if (settings.length === 0) return;
  const list = settings.flatMap((tag) => [{ kind: "text", text: `- **${tag.name}**: ` }, ...tag.content, { kind: "text", text: "\n" }]);
  comment.removeTags("@param");
  comment.blockTags.unshift(new CommentTag("@settings", list));
}

// First of all who listen: before types that exports refer to join them.
app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
  project.children.forEach(rename);
  project.children.forEach(requireComments);
}, Infinity);

const project = await app.convert();
if (project) {
  project.getReflectionsByKind(ReflectionKind.Variable).forEach(listSettings);
  app.validate(project);
  await app.generateOutputs(project);
}
if (!project || app.logger.hasErrors() || app.logger.hasWarnings()) process.exitCode = 1;
