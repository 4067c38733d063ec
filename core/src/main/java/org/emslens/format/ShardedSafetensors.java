package org.emslens.format;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Several safetensors files named by `model.safetensors.index.json`. */
public final class ShardedSafetensors extends Joined {
  private final Map<String, Safetensors> shards = new HashMap<>();

  public ShardedSafetensors(Path index) throws IOException {
    super(index.toAbsolutePath().getParent());
    try {
      JsonNode map = Json.read(index).path("weight_map");
      if (!map.isObject() || map.isEmpty()) {
        throw new BadFileException(index, "field 'weight_map' is missing or empty.");
      }
      for (Map.Entry<String, JsonNode> e : map.properties()) {
        add(index, e.getKey(), e.getValue().asText());
      }
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private void add(Path index, String tensor, String shard) throws IOException {
    if (!shard.matches("[A-Za-z0-9._-]+\\.safetensors")) {
      throw new BadFileException(
          index,
          "'weight_map' sends tensor '"
              + tensor
              + "' to '"
              + shard
              + "', not a plain .safetensors file name.");
    }
    Safetensors file = shards.get(shard);
    if (file == null) {
      file = new Safetensors(path().resolve(shard));
      shards.put(shard, file);
      own(file);
    }
    TensorInfo info = file.tensors().get(tensor);
    if (info == null) {
      throw new BadFileException(index, "tensor '" + tensor + "' is not in '" + shard + "'.");
    }
    add(info, file);
  }
}
