package org.emslens.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.emslens.device.DeviceProvider;
import org.emslens.device.Devices;
import org.emslens.engine.Fit;
import org.emslens.engine.LocalModel;
import org.emslens.hub.Catalogue;
import org.emslens.hub.CatalogueEntry;
import org.emslens.hub.LocalModels;
import org.emslens.hub.ModelStore;
import org.emslens.hub.UserFolders;
import org.emslens.model.ModelConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "models",
    mixinStandardHelpOptions = true,
    description = "Lists the models that can be fetched, or those that lie on this disk already.")
final class ModelsCommand implements Callable<Integer> {
  @Option(
      names = "--local",
      description =
          "What is here: fetched by this program, in Hugging Face's cache, and in the folders of LM Studio, Ollama and GPT4All; each with family, size, type of its weights, context, and whether it fits.")
  private boolean local;

  @Option(
      names = "--folder",
      paramLabel = "DIR",
      description = "Another folder to look through; may be given again.")
  private List<Path> folders = new ArrayList<>();

  @Option(
      names = "--context",
      paramLabel = "N",
      defaultValue = "4096",
      description = "Tokens that there is to be room for (4096).")
  private int context;

  @Option(names = "--json", description = "As JSON.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (context < 1) {
      throw new ParameterException(
          spec.commandLine(), "--context is " + context + "; expected at least 1.");
    }
    for (Path folder : folders) {
      if (!Files.isDirectory(folder)) {
        throw new ParameterException(
            spec.commandLine(), "--folder is " + folder + ", which is not a folder.");
      }
    }
    if (local || !folders.isEmpty()) {
      local();
    } else {
      catalogue();
    }
    return 0;
  }

  private void catalogue() throws IOException {
    ModelStore store = new ModelStore(UserFolders.models());
    List<CatalogueEntry> entries = Catalogue.shipped().entries();
    if (json) {
      JsonOut.print(spec, entries.stream().map(e -> row(e, store)).toList());
      return;
    }
    PrintWriter out = spec.commandLine().getOut();
    for (CatalogueEntry e : entries) {
      out.printf(
          "%-24s %-24s %-12s %7s  %s%n",
          e.id(),
          e.title(),
          e.licence(),
          e.size() == 0 ? "" : e.size() / 1_000_000 + " MB",
          store.has(e) ? store.path(e) : "not fetched yet");
    }
    List<Path> known = entries.stream().map(store::path).toList();
    for (Path other : store.local()) {
      if (!known.contains(other)) {
        out.println(other);
      }
    }
    out.flush();
  }

  private static Map<String, Object> row(CatalogueEntry e, ModelStore store) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("id", e.id());
    row.put("title", e.title());
    row.put("licence", e.licence());
    row.put("bytes", e.size() == 0 ? null : e.size());
    row.put("path", store.has(e) ? store.path(e).toString() : null);
    return row;
  }

  private void local() throws IOException {
    List<DeviceProvider.Found> devices = Devices.find();
    List<LocalModel> found =
        LocalModels.everywhere(folders).find().stream().map(LocalModel::of).toList();
    if (json) {
      JsonOut.print(spec, found.stream().map(m -> row(m, m.fit(context, devices))).toList());
      return;
    }
    PrintWriter out = spec.commandLine().getOut();
    if (found.isEmpty()) {
      out.println("No models lie here yet; 'emslens get' fetches the default one.");
    }
    String owner = "";
    for (LocalModel m : found) {
      if (!m.found().owner().equals(owner)) {
        owner = m.found().owner();
        out.println(owner + ":");
      }
      out.println("  " + m.found().title());
      out.println(
          "    "
              + (m.config() == null
                  ? "cannot be opened: " + m.problem()
                  : line(m, m.fit(context, devices))));
      out.println("    " + m.found().path());
    }
    out.flush();
  }

  private static String line(LocalModel m, Fit fit) {
    ModelConfig c = m.config();
    return String.format(
        Locale.ROOT,
        "%s, %,d MB, %s, context %,d; %s",
        c.architecture(),
        c.bytes() / 1_000_000,
        c.quantization(),
        c.context(),
        fit.words());
  }

  private static Map<String, Object> row(LocalModel m, Fit fit) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("title", m.found().title());
    row.put("owner", m.found().owner());
    row.put("path", m.found().path().toString());
    row.put("problem", m.problem());
    if (m.config() != null) {
      row.put("architecture", m.config().architecture());
      row.put("bytes", m.config().bytes());
      row.put("parameters", m.config().parameters());
      row.put("quantization", m.config().quantization());
      row.put("context", m.config().context());
      row.put("fit", fit.kind().name().toLowerCase(Locale.ROOT));
      row.put("needed", fit.bytes());
    }
    return row;
  }
}
