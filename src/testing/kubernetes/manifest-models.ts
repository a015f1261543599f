import { z } from 'zod';

/**
 * The kinds of object in deploy/kubernetes, with the fields that they use and no others: a field that is misspelt is refused, which
 * the API server would do and a file does not. Names of ports are not numbers, so that each can be followed to where it is declared.
 */
const labels = z.record(z.string(), z.string());
const matchLabels = z.strictObject({ matchLabels: labels });
const name = z.string().regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/);
const portName = name.max(15);
const quantity = z.string().regex(/^\d+(m|Mi|Gi)?$/);
const seconds = z.number().int().min(1);
const words = z.array(z.string()).min(1);

const probe = z
  .strictObject({
    httpGet: z.strictObject({ path: z.string().startsWith('/'), port: portName }).optional(),
    tcpSocket: z.strictObject({ port: portName }).optional(),
    exec: z.strictObject({ command: words }).optional(),
    initialDelaySeconds: seconds.optional(),
    periodSeconds: seconds,
    timeoutSeconds: seconds.optional(),
    failureThreshold: seconds.optional(),
  })
  .refine(({ httpGet, tcpSocket, exec }) => [httpGet, tcpSocket, exec].filter(Boolean).length === 1, 'one question');

const variable = z.strictObject({
  name: z.string().regex(/^[A-Z_]+$/),
  value: z.string().optional(),
  valueFrom: z
    .strictObject({
      fieldRef: z.strictObject({ fieldPath: z.string() }).optional(),
      secretKeyRef: z.strictObject({ name, key: z.string() }).optional(),
    })
    .optional(),
});

const containerModel = z.strictObject({
  name,
  image: z.string(),
  command: words.optional(),
  args: words.optional(),
  env: z.array(variable).default([]),
  ports: z.array(z.strictObject({ name: portName, containerPort: z.number().int() })),
  startupProbe: probe.optional(),
  livenessProbe: probe,
  readinessProbe: probe,
  lifecycle: z.strictObject({ preStop: z.strictObject({ sleep: z.strictObject({ seconds }) }) }).optional(),
  resources: z.strictObject({
    requests: z.strictObject({ cpu: quantity, memory: quantity }),
    limits: z.strictObject({ memory: quantity }),
  }),
  volumeMounts: z.array(z.strictObject({ name, mountPath: z.string().startsWith('/') })).default([]),
  securityContext: z.strictObject({
    allowPrivilegeEscalation: z.literal(false),
    readOnlyRootFilesystem: z.literal(true),
    capabilities: z.strictObject({ drop: z.tuple([z.literal('ALL')]) }),
  }),
});

const podModel = z.strictObject({
  automountServiceAccountToken: z.literal(false),
  securityContext: z.strictObject({
    runAsNonRoot: z.literal(true),
    runAsUser: z.number().int().min(1),
    runAsGroup: z.number().int().min(1),
    fsGroup: z.number().int().min(1).optional(),
    fsGroupChangePolicy: z.literal('OnRootMismatch').optional(),
    seccompProfile: z.strictObject({ type: z.literal('RuntimeDefault') }),
  }),
  topologySpreadConstraints: z
    .array(
      z.strictObject({
        maxSkew: z.number().int().min(1),
        topologyKey: z.literal('kubernetes.io/hostname'),
        whenUnsatisfiable: z.enum(['ScheduleAnyway', 'DoNotSchedule']),
        labelSelector: matchLabels,
      }),
    )
    .default([]),
  terminationGracePeriodSeconds: seconds.optional(),
  containers: z.tuple([containerModel]),
  volumes: z.array(z.strictObject({ name, emptyDir: z.strictObject({}) })).default([]),
});

const template = z.strictObject({
  metadata: z.strictObject({ labels, annotations: labels.default({}) }),
  spec: podModel,
});

function kind<Kind extends string, Spec extends z.ZodType>(apiVersion: string, kindName: Kind, spec: Spec) {
  return z.strictObject({
    apiVersion: z.literal(apiVersion),
    kind: z.literal(kindName),
    metadata: z.strictObject({ name, annotations: labels.default({}) }),
    spec,
  });
}

export const manifestModel = z.discriminatedUnion('kind', [
  kind(
    'apps/v1',
    'Deployment',
    z.strictObject({
      replicas: z.number().int().min(1).optional(),
      strategy: z
        .strictObject({
          type: z.literal('Recreate').optional(),
          rollingUpdate: z.strictObject({ maxUnavailable: z.number(), maxSurge: z.number() }).optional(),
        })
        .optional(),
      selector: matchLabels,
      template,
    }),
  ),
  kind(
    'apps/v1',
    'StatefulSet',
    z.strictObject({
      serviceName: name,
      replicas: z.number().int().min(1),
      podManagementPolicy: z.literal('Parallel').optional(),
      selector: matchLabels,
      template,
      volumeClaimTemplates: z
        .array(
          z.strictObject({
            metadata: z.strictObject({ name }),
            spec: z.strictObject({
              accessModes: z.tuple([z.literal('ReadWriteOnce')]),
              resources: z.strictObject({ requests: z.strictObject({ storage: quantity }) }),
            }),
          }),
        )
        .default([]),
    }),
  ),
  kind(
    'v1',
    'Service',
    z.strictObject({
      clusterIP: z.literal('None').optional(),
      sessionAffinity: z.literal('None').optional(),
      selector: labels,
      ports: z
        .array(z.strictObject({ name: portName, port: z.number().int(), targetPort: portName.optional() }))
        .min(1),
    }),
  ),
  kind(
    'autoscaling/v2',
    'HorizontalPodAutoscaler',
    z.strictObject({
      scaleTargetRef: z.strictObject({ apiVersion: z.string(), kind: z.string(), name }),
      minReplicas: z.number().int().min(1),
      maxReplicas: z.number().int(),
      metrics: z
        .array(
          z.discriminatedUnion('type', [
            z.strictObject({
              type: z.literal('Pods'),
              pods: z.strictObject({
                metric: z.strictObject({ name: z.string() }),
                target: z.strictObject({ type: z.literal('AverageValue'), averageValue: quantity }),
              }),
            }),
            z.strictObject({
              type: z.literal('Resource'),
              resource: z.strictObject({
                name: z.enum(['cpu', 'memory']),
                target: z.strictObject({ type: z.literal('Utilization'), averageUtilization: z.number().int() }),
              }),
            }),
          ]),
        )
        .min(1),
      behavior: z.strictObject({
        scaleDown: z.strictObject({
          stabilizationWindowSeconds: seconds,
          policies: z.array(
            z.strictObject({ type: z.literal('Pods'), value: z.number().int(), periodSeconds: seconds }),
          ),
        }),
      }),
    }),
  ),
  kind(
    'policy/v1',
    'PodDisruptionBudget',
    z.strictObject({ maxUnavailable: z.number().int().min(1), selector: matchLabels }),
  ),
  kind(
    'networking.k8s.io/v1',
    'NetworkPolicy',
    z.strictObject({
      podSelector: matchLabels,
      policyTypes: z.tuple([z.literal('Ingress'), z.literal('Egress')]),
      ingress: z.array(z.strictObject({ from: z.array(peer()).min(1), ports: z.array(policyPort()).min(1) })),
      egress: z.array(z.strictObject({ to: z.array(peer()).min(1), ports: z.array(policyPort()).min(1) })).default([]),
    }),
  ),
  kind(
    'networking.k8s.io/v1',
    'Ingress',
    z.strictObject({
      ingressClassName: name,
      tls: z.array(z.strictObject({ hosts: z.array(name).min(1), secretName: name })).min(1),
      rules: z
        .array(
          z.strictObject({
            host: name,
            http: z.strictObject({
              paths: z.array(
                z.strictObject({
                  path: z.string().startsWith('/'),
                  pathType: z.enum(['Exact', 'Prefix']),
                  backend: z.strictObject({
                    service: z.strictObject({ name, port: z.strictObject({ name: portName }) }),
                  }),
                }),
              ),
            }),
          }),
        )
        .min(1),
    }),
  ),
]);

function peer() {
  return z.union([
    z.strictObject({ podSelector: matchLabels }),
    z.strictObject({ namespaceSelector: z.strictObject({ matchLabels: labels.optional() }) }),
  ]);
}

/** A number for what is not of these manifests: the cluster's DNS. */
function policyPort() {
  return z.strictObject({ port: z.union([portName, z.literal(53)]), protocol: z.enum(['UDP', 'TCP']).optional() });
}

export const kustomizationModel = z.strictObject({
  apiVersion: z.literal('kustomize.config.k8s.io/v1beta1'),
  kind: z.literal('Kustomization'),
  resources: z.array(z.string()),
  images: z.array(z.strictObject({ name: z.string(), newTag: z.string() })),
});

/** The values of Helm's chart prometheus-adapter. */
export const adapterModel = z.strictObject({
  rules: z.strictObject({
    custom: z.array(
      z.strictObject({
        seriesQuery: z.string(),
        resources: z.strictObject({ overrides: z.record(z.string(), z.strictObject({ resource: z.string() })) }),
        name: z.strictObject({ matches: z.string(), as: z.string() }),
        metricsQuery: z.string(),
      }),
    ),
  }),
});

export type Manifest = z.output<typeof manifestModel>;
export type Workload = Extract<Manifest, { kind: 'Deployment' | 'StatefulSet' }>;
