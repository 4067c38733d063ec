package org.emslens.cli;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.emslens.model.Model;
import org.emslens.model.ModelConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "info", mixinStandardHelpOptions = true, description = "Describes a model as JSON.")
final class InfoCommand implements Callable<Integer> {
  @Mixin private ModelOption model;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    try (Model m = model.open()) {
      ModelConfig c = m.config();
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("title", m.title());
      json.put("path", m.path().toString());
      json.put("architecture", c.architecture());
      json.put("layers", c.layers());
      json.put("heads", c.heads());
      json.put("kvHeads", c.kvHeads());
      json.put("headDim", c.headDim());
      json.put("hidden", c.hidden());
      json.put("feedForward", c.feedForward());
      json.put("vocab", c.vocab());
      json.put("context", c.context());
      json.put("parameters", c.parameters());
      json.put("bytes", c.bytes());
      json.put("quantization", c.quantization());
      json.put("chatTemplate", m.chat() != null);
      JsonOut.print(spec, json);
      return 0;
    }
  }
}
