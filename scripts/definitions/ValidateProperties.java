import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.KafkaException;

/**
 * Makes of a server.properties, read from standard input, what a broker makes of it first when it starts, which takes
 * neither network nor disk. Prints `valid`, or `refused: ` and what Kafka says. What differs between versions is found by
 * reflection.
 */
class ValidateProperties {
  public static void main(String[] arguments) throws Exception {
    Properties properties = new Properties();
    properties.load(System.in);
    Method fromProps = Class.forName("kafka.server.KafkaConfig").getMethod("fromProps", Properties.class, boolean.class);
    try {
      validateDefaultsOfTopics(fromProps.invoke(null, properties, false));
      System.out.println("valid");
    } catch (InvocationTargetException e) {
      Throwable cause = e.getCause();
      // The second is Scala's require. Anything else is no judgement.
      boolean judged = cause instanceof KafkaException || cause instanceof IllegalArgumentException;
      if (!judged || cause.getMessage() == null) throw e;
      System.out.println("refused: " + cause.getMessage().replaceFirst("^requirement failed: ", "").replace('\n', ' '));
    }
  }

  /** What LogManager asks of the defaults that a topic takes from its broker. */
  private static void validateDefaultsOfTopics(Object config) throws Exception {
    try {
      Map<?, ?> defaults = (Map<?, ?>) config.getClass().getMethod("extractLogConfigMap").invoke(config);
      Class<?> logConfig = Class.forName("org.apache.kafka.storage.internals.log.LogConfig");
      logConfig.getMethod("validateBrokerLogConfigValues", Map.class, boolean.class).invoke(null, defaults, false);
    } catch (NoSuchMethodException | ClassNotFoundException e) {
      // Before Kafka 3.5.
      Object server = Class.forName("kafka.server.KafkaServer$").getField("MODULE$").get(null);
      Object defaults = server.getClass().getMethod("copyKafkaConfigToLog", config.getClass()).invoke(server, config);
      Class.forName("kafka.log.LogConfig").getMethod("validateValues", Map.class).invoke(null, defaults);
    }
  }
}
