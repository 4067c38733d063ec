package org.emslens.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.emslens.hub.Catalogue;
import org.emslens.hub.CatalogueEntry;
import org.emslens.hub.ModelStore;
import org.emslens.hub.UserFolders;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "models",
    mixinStandardHelpOptions = true,
    description = "Lists the models that can be fetched, and those that are here.")
final class ModelsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    ModelStore store = new ModelStore(UserFolders.models());
    List<CatalogueEntry> entries = Catalogue.shipped().entries();
    for (CatalogueEntry e : entries) {
      out.printf(
          "%-24s %-24s %-12s %4d MB  %s%n",
          e.id(),
          e.title(),
          e.licence(),
          e.size() / 1_000_000,
          store.has(e) ? store.path(e) : "not fetched yet");
    }
    List<Path> known = entries.stream().map(store::path).toList();
    for (Path local : store.local()) {
      if (!known.contains(local)) {
        out.println(local);
      }
    }
    out.flush();
    return 0;
  }
}
