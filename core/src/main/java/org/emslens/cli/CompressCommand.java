package org.emslens.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.emslens.cache.CacheOptions;
import org.emslens.cache.HeadPlan;
import org.emslens.cache.Policies;
import org.emslens.experiment.LayerCompression;
import org.emslens.format.AtomicFile;
import org.emslens.format.Json;
import org.emslens.format.Npy;
import org.emslens.format.Writable;
import org.emslens.session.Budget;
import org.emslens.session.CacheChoice;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "compress",
    mixinStandardHelpOptions = true,
    description =
        "One EMS compression of one layer given as .npy arrays: plan.json, merged_keys.npy, merged_values.npy.")
final class CompressCommand implements Callable<Integer> {
  @Option(
      names = "--queries",
      required = true,
      paramLabel = "FILE",
      description = "float32 [H, N, d]")
  private Path queries;

  @Option(names = "--keys", required = true, paramLabel = "FILE", description = "float32 [G, N, d]")
  private Path keys;

  @Option(
      names = "--values",
      required = true,
      paramLabel = "FILE",
      description = "float32 [G, N, d]")
  private Path values;

  @Option(
      names = "--budget",
      required = true,
      paramLabel = "B",
      description = "Slots per KV head, or a share of the tokens, such as 5%% or 0.05.")
  private String budget;

  @Mixin private SwitchOption switches;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Made if it is not there.")
  private Path out;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    CacheOptions options;
    Budget slots;
    try {
      slots = Budget.parse(budget);
      options = switches.options(CacheOptions.EMS);
      new CacheChoice(Policies.EMS, options, slots).read(switches.given());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    Writable.folder(out);
    LayerCompression layer =
        LayerCompression.of(Npy.read(queries), Npy.read(keys), Npy.read(values), slots, options);
    AtomicFile.write(
        out.resolve("plan.json"),
        file ->
            file.write(
                Json.MAPPER.writeValueAsString(json(layer)).getBytes(StandardCharsets.UTF_8)));
    layer.keys().write(out.resolve("merged_keys.npy"));
    layer.values().write(out.resolve("merged_values.npy"));
    return 0;
  }

  private static Map<String, Object> json(LayerCompression layer) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("global", layer.plans().stream().map(p -> p.scores().global()).toList());
    json.put("local", layer.plans().stream().map(p -> p.scores().local()).toList());
    json.put("score", layer.plans().stream().map(p -> p.scores().score()).toList());
    json.put("heads", layer.plans().stream().map(CompressCommand::head).toList());
    return json;
  }

  private static Map<String, Object> head(HeadPlan p) {
    Map<String, Object> json = new LinkedHashMap<>();
    int centres = p.centres().length;
    json.put("centres", p.centres());
    json.put("merged", slots(p, p::merges));
    json.put("evicted", slots(p, j -> p.target()[j] < 0));
    List<int[]> members = new ArrayList<>();
    float[] bias = new float[centres];
    for (int i = 0; i < centres; i++) {
      int slot = i;
      members.add(slots(p, j -> p.target()[j] == slot));
      bias[i] = p.bias()[i];
    }
    json.put("members", members);
    json.put("bias", bias);
    json.put("needed", p.readout().needed());
    json.put("sparsity", p.readout().sparsity());
    json.put("redundancy", p.readout().redundancy());
    return json;
  }

  private static int[] slots(HeadPlan p, IntPredicate which) {
    return IntStream.range(0, p.slots()).filter(which).toArray();
  }
}
