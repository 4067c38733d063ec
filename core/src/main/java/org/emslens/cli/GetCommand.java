package org.emslens.cli;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.emslens.hub.Catalogue;
import org.emslens.hub.CatalogueEntry;
import org.emslens.hub.HubRepository;
import org.emslens.hub.ModelStore;
import org.emslens.hub.UserFolders;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "get",
    mixinStandardHelpOptions = true,
    description = "Fetches a model and prints where it is.")
final class GetCommand implements Callable<Integer> {
  @Parameters(
      arity = "0..1",
      paramLabel = "ID",
      description =
          "An id of the catalogue, or a repository of the model hub, organisation/name, with :FILE where it has several; left out: the default model.")
  private String id;

  @Option(
      names = "--accept-terms",
      description = "You have read the model's terms, where it has some, and accept them.")
  private boolean acceptTerms;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    ModelStore store = new ModelStore(UserFolders.models());
    FetchLines listener = new FetchLines(spec.commandLine().getErr(), acceptTerms);
    spec.commandLine().getOut().println(store.get(wanted(), listener));
    spec.commandLine().getOut().flush();
    return 0;
  }

  private List<CatalogueEntry> wanted() throws IOException {
    Catalogue catalogue = Catalogue.shipped();
    HubRepository.Wanted wanted = id == null ? null : HubRepository.Wanted.of(id);
    if (wanted != null) {
      return HubRepository.open(wanted.repository()).entries(wanted.file());
    }
    return List.of(id == null ? catalogue.defaultEntry() : catalogue.find(id));
  }
}
