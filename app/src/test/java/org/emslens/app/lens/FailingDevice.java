package org.emslens.app.lens;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;
import org.emslens.device.Device;
import org.emslens.device.DeviceException;
import org.emslens.device.PromptMemory;

/** A device that fails when it is told to: once, or from then on whatever is asked of it. */
final class FailingDevice {
  static final String WHY = "The card has gone.";

  private final Device real;
  private final Map<Object, PromptMemory> memories = new IdentityHashMap<>();
  private String method = "";
  private int left;
  private boolean forGood;
  private boolean gone;

  FailingDevice(Device real) {
    this.real = real;
  }

  /** Has the device's, or a prompt's, nth call of a method fail from now on, counted from 0. */
  void fail(String method, int n, boolean forGood) {
    this.method = method;
    left = n;
    this.forGood = forGood;
  }

  Device device() {
    return (Device) proxy(Device.class, real);
  }

  private Object proxy(Class<?> type, Object of) {
    InvocationHandler handler = (proxy, called, arguments) -> call(of, called, arguments);
    return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler);
  }

  private Object call(Object of, Method called, Object[] arguments) throws Throwable {
    boolean closing = called.getName().equals("close");
    if (!closing && (gone || called.getName().equals(method) && left-- == 0)) {
      gone = forGood;
      throw new DeviceException(WHY);
    }
    Object[] own = arguments == null ? null : Arrays.stream(arguments).map(this::own).toArray();
    try {
      Object answer = called.invoke(of, own);
      if (answer instanceof PromptMemory m) {
        Object wrapped = proxy(PromptMemory.class, m);
        memories.put(wrapped, m);
        return wrapped;
      }
      return answer;
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private Object own(Object argument) {
    return memories.getOrDefault(argument, null) == null ? argument : memories.get(argument);
  }
}
