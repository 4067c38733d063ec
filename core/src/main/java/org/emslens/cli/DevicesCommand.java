package org.emslens.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.emslens.device.DeviceProvider;
import org.emslens.device.Devices;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "devices",
    mixinStandardHelpOptions = true,
    description =
        "Lists what can compute here, best first: the first that is usable is taken where no --device is given.")
final class DevicesCommand implements Callable<Integer> {
  private static final double GB = 1e9;

  @Option(names = "--json", description = "A JSON list instead of a table.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    List<DeviceProvider.Found> found = Devices.find();
    if (json) {
      List<Map<String, Object>> all = new ArrayList<>();
      found.forEach(f -> all.add(json(f)));
      JsonOut.print(spec, all);
    } else {
      table(found);
    }
    return 0;
  }

  private static Map<String, Object> json(DeviceProvider.Found f) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", f.id());
    json.put("name", f.name());
    json.put("kind", f.kind());
    json.put("memoryBytes", f.bytes() == 0 ? null : f.bytes());
    json.put("driver", f.driver());
    json.put("usable", f.usable());
    json.put("unusable", f.unusable());
    return json;
  }

  private void table(List<DeviceProvider.Found> found) {
    PrintWriter out = spec.commandLine().getOut();
    int id = width("id", found.stream().map(DeviceProvider.Found::id).toList());
    int name = width("name", found.stream().map(DeviceProvider.Found::name).toList());
    int kind = width("kind", found.stream().map(DeviceProvider.Found::kind).toList());
    String row = "%-" + id + "s  %-" + name + "s  %-" + kind + "s  %9s  %s%n";
    out.printf(Locale.ROOT, row, "id", "name", "kind", "memory", "driver");
    for (DeviceProvider.Found f : found) {
      out.printf(
          Locale.ROOT,
          row,
          f.id(),
          f.name(),
          f.kind(),
          f.bytes() == 0 ? "" : String.format(Locale.ROOT, "%.1f GB", f.bytes() / GB),
          f.driver());
      if (!f.usable()) {
        out.println("  cannot be used: " + f.unusable());
      }
    }
    out.flush();
  }

  private static int width(String title, List<String> values) {
    return values.stream().mapToInt(String::length).reduce(title.length(), Math::max);
  }
}
