import type { Manifest, Workload } from './manifest-models.ts';

type Labels = Readonly<Record<string, string>>;

/**
 * What in these manifests points to nothing: names, ports and selectors that no other object has. One line for each, with the object
 * that it stands in; empty where all hold.
 */
export function findBrokenLinks(manifests: readonly Manifest[]): string[] {
  const workloads = manifests.filter(isWorkload);
  return [...findTwins(manifests), ...manifests.flatMap((manifest) => checkOne(manifest, manifests, workloads))];
}

function isWorkload(manifest: Manifest): manifest is Workload {
  return manifest.kind === 'Deployment' || manifest.kind === 'StatefulSet';
}

function findTwins(manifests: readonly Manifest[]): string[] {
  const names = manifests.map(describe);
  return names.filter((name, at) => names.indexOf(name) !== at).map((name) => `${name} is there twice`);
}

function describe({ kind, metadata }: Manifest): string {
  return `${kind} ${metadata.name}`;
}

function checkOne(manifest: Manifest, all: readonly Manifest[], workloads: readonly Workload[]): string[] {
  const complaints: string[] = [];
  const where = describe(manifest);
  const complain = (text: string) => void complaints.push(`${where}: ${text}`);
  /** Pods that a selector means; complains where there are none. */
  const select = (labels: Labels) => {
    const found = workloads.filter(({ spec }) => matches(labels, spec.template.metadata.labels));
    if (found.length === 0) complain(`no pod has the labels ${JSON.stringify(labels)}`);
    return found;
  };
  const expectPort = (pods: readonly Workload[], port: string | number) => {
    for (const pod of pods) if (!hasPort(pod, port)) complain(`${describe(pod)} has no port ${port}`);
  };
  const expectService = (name: string) => {
    const found = all.find((other) => other.kind === 'Service' && other.metadata.name === name);
    if (found?.kind !== 'Service') complain(`no service is called ${name}`);
    return found?.kind === 'Service' ? found : undefined;
  };

  if (manifest.kind === 'Service') {
    const pods = select(manifest.spec.selector);
    for (const { name, port, targetPort } of manifest.spec.ports) {
      expectPort(pods, targetPort ?? port);
      // The number that clients of the service use is the one that its pods listen at: addresses of pods are used alike.
      for (const pod of pods)
        if (findPort(pod, targetPort ?? name) !== port) complain(`port ${name} is not ${port} in ${describe(pod)}`);
    }
  } else if (manifest.kind === 'PodDisruptionBudget') {
    const pods = select(manifest.spec.selector.matchLabels);
    for (const pod of pods) {
      if ((pod.spec.replicas ?? 2) <= manifest.spec.maxUnavailable) complain(`${describe(pod)} has no pod to spare`);
    }
  } else if (manifest.kind === 'HorizontalPodAutoscaler') {
    const { scaleTargetRef: target, minReplicas, maxReplicas } = manifest.spec;
    const found = workloads.find((it) => it.kind === target.kind && it.metadata.name === target.name);
    if (found === undefined) complain(`there is no ${target.kind} ${target.name}`);
    else if (found.apiVersion !== target.apiVersion) complain(`${describe(found)} is of ${found.apiVersion}`);
    if (minReplicas >= maxReplicas) complain('nothing to scale between minReplicas and maxReplicas');
  } else if (manifest.kind === 'NetworkPolicy') {
    const { podSelector, ingress, egress } = manifest.spec;
    const own = select(podSelector.matchLabels);
    for (const { from, ports } of ingress) {
      for (const peer of from) if ('podSelector' in peer) select(peer.podSelector.matchLabels);
      for (const { port } of ports) expectPort(own, port);
    }
    for (const { to, ports } of egress) {
      const pods = to.flatMap((peer) => ('podSelector' in peer ? select(peer.podSelector.matchLabels) : []));
      for (const { port } of ports) expectPort(pods, port);
    }
  } else if (manifest.kind === 'Ingress') {
    const secured = manifest.spec.tls.flatMap(({ hosts }) => hosts);
    for (const { host, http } of manifest.spec.rules) {
      if (!secured.includes(host)) complain(`no certificate is for ${host}`);
      for (const { backend } of http.paths) {
        const service = expectService(backend.service.name);
        const ports = service?.spec.ports.map(({ name }) => name) ?? [];
        if (service !== undefined && !ports.includes(backend.service.port.name)) {
          complain(`service ${backend.service.name} has no port ${backend.service.port.name}`);
        }
      }
    }
  } else {
    checkWorkload(manifest, complain);
    if (manifest.kind === 'StatefulSet') expectService(manifest.spec.serviceName);
  }
  return complaints;
}

function checkWorkload(workload: Workload, complain: (text: string) => void): void {
  const { selector, template } = workload.spec;
  const { labels, annotations } = template.metadata;
  const [container] = template.spec.containers;
  const expectOwn = (wanted: Labels) => {
    if (!matches(wanted, labels)) complain(`its own pods lack the labels ${JSON.stringify(wanted)}`);
  };
  expectOwn(selector.matchLabels);
  for (const { labelSelector } of template.spec.topologySpreadConstraints) expectOwn(labelSelector.matchLabels);
  for (const probe of [container.startupProbe, container.livenessProbe, container.readinessProbe]) {
    const port = probe?.httpGet?.port ?? probe?.tcpSocket?.port;
    if (port !== undefined && findPort(workload, port) === undefined)
      complain(`it has no port ${port} to be probed at`);
  }
  const scraped = annotations['prometheus.io/port'];
  if (scraped !== undefined && !hasPort(workload, Number(scraped)))
    complain(`it has no port ${scraped} to be scraped at`);
  const claims =
    workload.kind === 'StatefulSet' ? workload.spec.volumeClaimTemplates.map(({ metadata }) => metadata.name) : [];
  const volumes = [...claims, ...template.spec.volumes.map(({ name }) => name)];
  const mounted = container.volumeMounts.map(({ name }) => name);
  for (const name of mounted) if (!volumes.includes(name)) complain(`there is no volume ${name} to be mounted`);
  for (const name of volumes) if (!mounted.includes(name)) complain(`volume ${name} is not mounted`);
  const declared: string[] = [];
  for (const { name, value } of container.env) {
    for (const [, used = ''] of (value ?? '').matchAll(/\$\((\w+)\)/g)) {
      if (!declared.includes(used)) complain(`${name} uses ${used}, which does not come before it`);
    }
    declared.push(name);
  }
}

function matches(wanted: Labels, labels: Labels): boolean {
  return Object.keys(wanted).length > 0 && Object.entries(wanted).every(([key, value]) => labels[key] === value);
}

function findPort({ spec }: Workload, name: string): number | undefined {
  return spec.template.spec.containers[0].ports.find((port) => port.name === name)?.containerPort;
}

function hasPort({ spec }: Workload, port: string | number): boolean {
  return spec.template.spec.containers[0].ports.some((it) => it.name === port || it.containerPort === port);
}
